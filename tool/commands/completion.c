/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Completion for shells, printed from the tables of commands and options. What an option's argument may be follows from
 * the word that stands for it in the help: FILE and the like are files, others are lists of words.
 */
#include "commands.h"

#include <string.h>

#include <capdl/architecture.h>
#include <capdl/review.h>

#include "pack/pack.h"
#include "profile/profile.h"

/* The words that may stand for an argument, one space between them, printed. */
static void print_checks(void)
{
    for (unsigned i = CAPDL_CHECK_NONE + 1; i < CAPDL_CHECK_COUNT; i++) {
        printf(" %s", capdl_check_name((enum capdl_check)i));
    }
}

static void print_ranks(void)
{
    for (unsigned i = CAPDL_RANK_RESHAPE; i <= CAPDL_RANK_LAYOUT; i++) {
        printf(" %s", capdl_rank_word((enum capdl_rank)i));
    }
}

static void print_kernels(void)
{
    const struct capdl_profile *profile;
    for (size_t i = 0; (profile = profile_builtin_at(i)) != NULL; i++) {
        printf(" %s", profile->name);
    }
}

static void print_arches(void)
{
    for (unsigned i = 0; i < CAPDL_ARCH_COUNT; i++) {
        if (capdl_arch_boots((enum capdl_arch)i)) {
            printf(" %s", capdl_arch_name((enum capdl_arch)i));
        }
    }
}

static void print_formats(void)
{
    for (unsigned i = 0; i < PACK_FORMAT_COUNT; i++) {
        printf(" %s", pack_format_name((enum pack_format)i));
    }
    printf(" multiboot iso");
}

static void print_shells(void)
{
    printf(" bash zsh fish");
}

static void print_error(void)
{
    printf(" error");
}

static const struct word_list {
    const char *argument; /* in the help */
    void (*print)(void);
    bool or_files;
} lists[] = {
    {"CHECK", print_checks, false}, {"RANK", print_ranks, false},     {"KERNEL", print_kernels, true},
    {"ARCH", print_arches, false},  {"FORMAT", print_formats, false}, {"SHELL", print_shells, false},
    {"error", print_error, false},
};
enum { NUM_LISTS = sizeof(lists) / sizeof(lists[0]) };

static const struct word_list *list_of(const struct option_entry *entry)
{
    for (size_t i = 0; entry->argument && i < NUM_LISTS; i++) {
        if (strcmp(entry->argument, lists[i].argument) == 0) {
            return &lists[i];
        }
    }
    return NULL;
}

static void print_bash(void)
{
    printf("# bash completion for capdl\n"
           "_capdl() {\n"
           "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} words=\n"
           "    COMPREPLY=()\n");
    for (size_t i = 0; i < NUM_LISTS; i++) {
        printf("    local %s='", lists[i].argument);
        lists[i].print();
        printf("'\n");
    }
    printf("    if [ \"$COMP_CWORD\" = 1 ]; then\n"
           "        words='--help --version");
    for (size_t i = 0; i < num_commands; i++) {
        printf(" %s", commands[i].name);
    }
    printf("'\n"
           "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
           "        return\n"
           "    fi\n"
           "    if [ \"$prev\" = = ] && [ \"$COMP_CWORD\" -gt 2 ]; then\n"
           "        prev=${COMP_WORDS[COMP_CWORD-2]}\n"
           "    elif [ \"$cur\" = = ]; then\n"
           "        cur=\n"
           "    fi\n"
           "    case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; i < num_commands; i++) {
        printf("    %s)\n        case $prev in\n", commands[i].name);
        for (const struct option_entry *entry = NULL; (entry = option_next(commands[i].usage, entry)) != NULL;) {
            const struct word_list *list = list_of(entry);
            if (entry->argument && !option_is_optional(entry)) {
                printf("        -%c|--%s) words=%s%s ;;\n", entry->letter, entry->name, list ? "$" : "",
                       list ? list->argument : "");
            }
        }
        printf("        *)\n            case $cur in\n            -*) words='--help");
        for (const struct option_entry *entry = NULL; (entry = option_next(commands[i].usage, entry)) != NULL;) {
            printf(" --%s", entry->name);
        }
        printf("' ;;\n            esac ;;\n        esac ;;\n");
    }
    printf("    esac\n"
           "    # Without words to offer, bash offers files (-o default).\n"
           "    [ -z \"$words\" ] || mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
           "}\n"
           "complete -o default -F _capdl capdl\n");
}

/* Text within '...' of zsh's _arguments and fish: the quote itself, and what these read as marks of their own. */
static void print_quoted(const char *text, const char *marks)
{
    for (; *text; text++) {
        if (*text == '\'') {
            fputs("'\\''", stdout);
        } else {
            printf("%s%c", strchr(marks, *text) ? "\\" : "", *text);
        }
    }
}

static void print_zsh_argument(const struct option_entry *entry)
{
    const struct word_list *list = list_of(entry);
    if (!entry->argument) {
        return;
    }
    printf("%s", option_is_optional(entry) ? "::" : ":");
    print_quoted(entry->argument, ":[]\\");
    if (list) {
        printf(":(");
        list->print();
        printf(")");
    } else {
        printf(":_files");
    }
}

static void print_zsh(void)
{
    printf("#compdef capdl\n"
           "_capdl() {\n"
           "    if (( CURRENT == 2 )); then\n"
           "        local -a commands=(\n");
    for (size_t i = 0; i < num_commands; i++) {
        printf("            '%s:", commands[i].name);
        print_quoted(commands[i].summary, ":\\");
        printf("'\n");
    }
    printf("        )\n"
           "        _describe command commands\n"
           "        return\n"
           "    fi\n"
           "    local command=$words[2]\n"
           "    shift words\n"
           "    (( CURRENT-- ))\n"
           "    case $command in\n");
    for (size_t i = 0; i < num_commands; i++) {
        printf("    %s)\n        _arguments -s \\\n", commands[i].name);
        for (const struct option_entry *entry = NULL; (entry = option_next(commands[i].usage, entry)) != NULL;) {
            const char *mark = entry->argument ? option_is_optional(entry) ? "=-" : "=" : "";
            printf("            '*--%s%s[", entry->name, mark);
            print_quoted(entry->help, ":[]\\");
            printf("]");
            print_zsh_argument(entry);
            printf("' \\\n");
        }
        printf("            '(- *)--help[show help]' '*:file:_files' ;;\n");
    }
    printf("    esac\n"
           "}\n"
           "if [ \"$funcstack[1]\" = _capdl ]; then _capdl \"$@\"; else compdef _capdl capdl; fi\n");
}

static void print_fish(void)
{
    printf("# fish completion for capdl\n"
           "complete -c capdl -n __fish_use_subcommand -s V -l version -d 'print the version'\n"
           "complete -c capdl -s h -l help -d 'show help'\n");
    for (size_t i = 0; i < num_commands; i++) {
        printf("complete -c capdl -f -n __fish_use_subcommand -a %s -d '", commands[i].name);
        print_quoted(commands[i].summary, "\\");
        printf("'\n");
    }
    for (size_t i = 0; i < num_commands; i++) {
        for (const struct option_entry *entry = NULL; (entry = option_next(commands[i].usage, entry)) != NULL;) {
            const struct word_list *list = list_of(entry);
            printf("complete -c capdl -n '__fish_seen_subcommand_from %s' -s %c -l %s", commands[i].name, entry->letter,
                   entry->name);
            printf("%s", entry->argument && !option_is_optional(entry) ? " -r" : "");
            if (list) {
                printf("%s -a '", list->or_files ? "" : " -f");
                list->print();
                printf("'");
            }
            printf(" -d '");
            print_quoted(entry->help, "\\");
            printf("'\n");
        }
    }
}

bool completion_print(const char *shell)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};
    for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
        if (strcmp(shell, shells[i].name) == 0) {
            shells[i].print();
            return true;
        }
    }
    return false;
}
