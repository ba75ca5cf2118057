/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes to C sources that nobody chose: every place in a function body where one of these can be made is a point.
 *
 *     negate      if (x), while (x)     ->  if (!(x))
 *     compare     < <= > >= == !=       ->  the neighbour
 *     connect     && ||, binary + -     ->  the other
 *     constant    7                     ->  (7 + 1)
 *     delete      f(x);  a = b;         ->  ;
 *     return      return x;             ->  return 0; (1 or false, true where it is that already)
 *     case        case X:               ->  nothing
 *
 *     mutate draw SEED COUNT FILE...    COUNT different points of all files, one "FILE NUMBER" a line
 *     mutate apply FILE NUMBER          the changed file to standard output, "LINE: what" to standard error
 *
 * Sources are as clang-format leaves them: bodies of functions begin and end with a brace in the first column.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum token_kind { TOKEN_WORD, TOKEN_NUMBER, TOKEN_TEXT, TOKEN_MARK, TOKEN_END };

struct token {
    enum token_kind kind;
    const char *at;
    size_t length;
    int parentheses; /* that are open around it */
};

struct point {
    const char *from, *to; /* what is replaced */
    const char *before, *with, *after;
    bool keep; /* between `before` and `after` stands what was there */
    const char *kind;
};

struct file {
    const char *name;
    char *text;
    struct token *tokens;
    size_t num_tokens;
    struct point *points;
    size_t num_points;
};

static void *grow(void *list, size_t count, size_t item)
{
    if (count & (count - 1)) {
        return list;
    }
    void *grown = reallocarray(list, count ? count * 2 : 1, item);
    if (!grown) {
        fputs("mutate: out of memory\n", stderr);
        exit(2);
    }
    return grown;
}

static char *read_whole(const char *name)
{
    FILE *stream = fopen(name, "rb");
    if (!stream) {
        perror(name);
        exit(2);
    }
    char *text = NULL;
    size_t capacity = 0;
    if (getdelim(&text, &capacity, '\0', stream) < 0) {
        text = calloc(1, 1);
    }
    fclose(stream);
    return text;
}

/* ---- Tokens of function bodies ---- */

static const char *skip_quoted(const char *at)
{
    char quote = *at++;
    while (*at && *at != quote) {
        at += *at == '\\' && at[1] ? 2 : 1;
    }
    return *at ? at + 1 : at;
}

static const char *skip_directive(const char *at)
{
    while (*at && *at != '\n') {
        at += *at == '\\' && at[1] ? 2 : 1;
    }
    return at;
}

static const char *skip_comment(const char *at)
{
    const char *end = strstr(at + 2, "*/");
    return end ? end + 2 : at + strlen(at);
}

static size_t mark_length(const char *at)
{
    static const char *const marks[] = {"<<=", ">>=", "...", "->", "++", "--", "<<", ">>", "<=", ">=", "==",
                                        "!=",  "&&",  "||",  "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="};
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (!strncmp(at, marks[i], strlen(marks[i]))) {
            return strlen(marks[i]);
        }
    }
    return 1;
}

static struct token token_at(const char *at)
{
    struct token token = {.kind = TOKEN_MARK, .at = at};
    const char *end = at;
    if (*at == '"' || *at == '\'') {
        token.kind = TOKEN_TEXT;
        end = skip_quoted(at);
    } else if (isalnum((unsigned char)*at) || *at == '_') {
        token.kind = isdigit((unsigned char)*at) ? TOKEN_NUMBER : TOKEN_WORD;
        while (isalnum((unsigned char)*end) || *end == '_' || (token.kind == TOKEN_NUMBER && *end == '.')) {
            end++;
        }
    } else {
        end = at + mark_length(at);
    }
    token.length = (size_t)(end - at);
    return token;
}

static void add_token(struct file *file, struct token token)
{
    const struct token *last = file->num_tokens ? &file->tokens[file->num_tokens - 1] : NULL;
    token.parentheses = last ? last->parentheses + (*last->at == '(') - (*token.at == ')') : 0;
    file->tokens = grow(file->tokens, file->num_tokens, sizeof(token));
    file->tokens[file->num_tokens++] = token;
}

static void read_tokens(struct file *file)
{
    bool inside = false;
    for (const char *at = file->text; *at;) {
        bool first = at == file->text || at[-1] == '\n';
        if (isspace((unsigned char)*at)) {
            at++;
        } else if (*at == '#' && first) {
            at = skip_directive(at);
        } else if (at[0] == '/' && at[1] == '*') {
            at = skip_comment(at);
        } else {
            struct token token = token_at(at);
            inside = inside || (first && *at == '{');
            if (inside) {
                add_token(file, token);
            }
            inside = inside && !(first && *at == '}');
            at += token.length;
        }
    }
    add_token(file, (struct token){.kind = TOKEN_END, .at = ""});
}

static bool is(const struct token *token, const char *text)
{
    return token->length == strlen(text) && !memcmp(token->at, text, token->length);
}

static bool is_one_of(const struct token *token, const char *const *texts)
{
    for (; *texts; texts++) {
        if (is(token, *texts)) {
            return true;
        }
    }
    return false;
}

/* ---- Points ---- */

static void add_point(struct file *file, struct point point)
{
    file->points = grow(file->points, file->num_points, sizeof(point));
    file->points[file->num_points++] = point;
}

static void replace(struct file *file, const struct token *first, const struct token *last, const char *with,
                    const char *kind)
{
    add_point(file, (struct point){.from = first->at, .to = last->at + last->length, .with = with, .kind = kind});
}

/* The mark that closes the one at `open`, or the end. */
static const struct token *closing(const struct token *open)
{
    int depth = 0;
    for (const struct token *t = open; t->kind != TOKEN_END; t++) {
        depth += is(t, "(") || is(t, "[") || is(t, "{");
        depth -= is(t, ")") || is(t, "]") || is(t, "}");
        if (depth == 0) {
            return t;
        }
    }
    return open;
}

/* The semicolon that ends the statement here, or NULL. */
static const struct token *statement_end(const struct token *t)
{
    for (; t->kind != TOKEN_END && !is(t, "}"); t++) {
        if (is(t, ";")) {
            return t;
        }
        if (is(t, "(") || is(t, "[") || is(t, "{")) {
            t = closing(t);
        }
    }
    return NULL;
}

static void find_negation(struct file *file, const struct token *t)
{
    const struct token *close = closing(t + 1);
    if (is(t + 1, "(") && close > t + 2) {
        add_point(file,
                  (struct point){
                      .from = t[2].at, .to = close->at, .before = "!(", .after = ")", .keep = true, .kind = "negate"});
    }
}

static void find_swap(struct file *file, const struct token *t)
{
    static const char *const swaps[][3] = {
        {"<", "<=", "compare"},  {"<=", "<", "compare"},  {">", ">=", "compare"},  {">=", ">", "compare"},
        {"==", "!=", "compare"}, {"!=", "==", "compare"}, {"&&", "||", "connect"}, {"||", "&&", "connect"},
        {"+", "-", "connect"},   {"-", "+", "connect"},
    };
    for (size_t i = 0; i < sizeof(swaps) / sizeof(swaps[0]); i++) {
        bool sign = is(t, "+") || is(t, "-");
        bool binary = t[-1].kind == TOKEN_NUMBER || t[-1].kind == TOKEN_WORD || is(t - 1, ")") || is(t - 1, "]");
        if (is(t, swaps[i][0]) && (!sign || (binary && !is(t - 1, "return")))) {
            replace(file, t, t, swaps[i][1], swaps[i][2]);
        }
    }
}

/* Not the length of an array that is declared: one more never shows. */
static void find_constant(struct file *file, const struct token *t)
{
    bool declared = is(t - 1, "[") && t[-2].kind == TOKEN_WORD && (t[-3].kind == TOKEN_WORD || is(t - 3, "*"));
    if (!declared && !memchr(t->at, '.', t->length)) {
        add_point(file, (struct point){.from = t->at,
                                       .to = t->at + t->length,
                                       .before = "(",
                                       .after = " + 1)",
                                       .keep = true,
                                       .kind = "constant"});
    }
}

static void find_return(struct file *file, const struct token *t)
{
    const struct token *end = statement_end(t);
    if (!end || end == t + 1) {
        return;
    }
    bool one = end == t + 2;
    const char *with = one && is(t + 1, "false")                      ? "return true;"
                       : one && is(t + 1, "true")                     ? "return false;"
                       : one && (is(t + 1, "0") || is(t + 1, "NULL")) ? "return 1;"
                                                                      : "return 0;";
    replace(file, t, end, with, "return");
}

static void find_case(struct file *file, const struct token *t)
{
    const struct token *end = t;
    while (end->kind != TOKEN_END && !is(end, ":")) {
        end++;
    }
    if (end->kind != TOKEN_END) {
        replace(file, t, end, "", "case");
    }
}

static bool begins_statement(const struct token *t)
{
    static const char *const ends[] = {"{", "}", ";", ":", NULL};
    static const char *const keywords[] = {"return",  "if",    "for",      "while",    "do",     "switch", "case",
                                           "default", "break", "continue", "goto",     "else",   "struct", "union",
                                           "enum",    "const", "static",   "unsigned", "signed", "sizeof", NULL};
    return !t->parentheses && is_one_of(t - 1, ends) &&
           (t->kind == TOKEN_WORD || is(t, "*") || is(t, "++") || is(t, "--")) && !is_one_of(t, keywords);
}

static bool is_declaration(const struct token *t)
{
    return t->kind == TOKEN_WORD &&
           (t[1].kind == TOKEN_WORD || (is(t + 1, "*") && (t[2].kind == TOKEN_WORD || is(t + 2, "*"))));
}

static void find_deletion(struct file *file, const struct token *t)
{
    const struct token *end = begins_statement(t) && !is_declaration(t) ? statement_end(t) : NULL;
    if (end && end > t + 1) {
        replace(file, t, end, ";", "delete");
    }
}

static struct file open_file(const char *name)
{
    struct file file = {.name = name, .text = read_whole(name)};
    read_tokens(&file);
    for (size_t i = 3; i + 2 < file.num_tokens; i++) {
        const struct token *t = &file.tokens[i];
        if (is(t, "if") || is(t, "while")) {
            find_negation(&file, t);
        } else if (is(t, "return")) {
            find_return(&file, t);
        } else if (is(t, "case")) {
            find_case(&file, t);
        } else if (t->kind == TOKEN_MARK) {
            find_swap(&file, t);
        } else if (t->kind == TOKEN_NUMBER) {
            find_constant(&file, t);
        }
        find_deletion(&file, t);
    }
    return file;
}

/* ---- Commands ---- */

static unsigned line_of(const struct file *file, const char *at)
{
    unsigned line = 1;
    for (const char *c = file->text; c < at; c++) {
        line += *c == '\n';
    }
    return line;
}

/* Text on one line: runs of blanks are one. */
static void print_flat(FILE *out, const char *from, const char *to)
{
    bool blank = false;
    for (; from < to; from++) {
        bool space = isspace((unsigned char)*from);
        if (!space) {
            fprintf(out, "%s%c", blank ? " " : "", *from);
        }
        blank = space;
    }
}

static void print_new(FILE *out, const struct point *point)
{
    if (point->keep) {
        fprintf(out, "%s%.*s%s", point->before, (int)(point->to - point->from), point->from, point->after);
    } else {
        fputs(point->with, out);
    }
}

static int apply(const char *name, size_t number)
{
    struct file file = open_file(name);
    if (number >= file.num_points) {
        fprintf(stderr, "mutate: %s has %zu points\n", name, file.num_points);
        return 2;
    }
    const struct point *point = &file.points[number];
    fwrite(file.text, 1, (size_t)(point->from - file.text), stdout);
    print_new(stdout, point);
    fputs(point->to, stdout);
    fprintf(stderr, "%u: %s: ", line_of(&file, point->from), point->kind);
    print_flat(stderr, point->from, point->to);
    fputs(" -> ", stderr);
    if (point->keep) {
        fprintf(stderr, "%s...%s", point->before, point->after);
    } else {
        fputs(*point->with ? point->with : "nothing", stderr);
    }
    fputc('\n', stderr);
    return 0;
}

/* splitmix64 */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static int draw(uint64_t seed, size_t count, char **names, int num_names)
{
    struct file *files = calloc((size_t)num_names, sizeof(*files));
    size_t total = 0;
    for (int i = 0; i < num_names; i++) {
        files[i] = open_file(names[i]);
        total += files[i].num_points;
    }
    bool *drawn = calloc(total + 1, sizeof(*drawn));
    for (size_t i = 0; i < count && i < total; i++) {
        size_t number;
        do {
            number = next_random(&seed) % total;
        } while (drawn[number]);
        drawn[number] = true;
        int f = 0;
        for (; number >= files[f].num_points; f++) {
            number -= files[f].num_points;
        }
        printf("%s %zu\n", files[f].name, number);
    }
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 4 && !strcmp(argv[1], "apply")) {
        return apply(argv[2], strtoul(argv[3], NULL, 10));
    }
    if (argc > 4 && !strcmp(argv[1], "draw")) {
        return draw(strtoull(argv[2], NULL, 10), strtoul(argv[3], NULL, 10), argv + 4, argc - 4);
    }
    fputs("usage: mutate draw SEED COUNT FILE... | mutate apply FILE NUMBER\n", stderr);
    return 2;
}
