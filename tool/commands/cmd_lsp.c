/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * capdl lsp: an editor's language server. JSON-RPC 2.0 messages, each after a header with its length, come on standard
 * input and go to standard output (Language Server Protocol 3.17). One message is answered at a time; documents are
 * kept whole.
 */
#include "commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lsp/features.h"

const struct usage usage_lsp = {
    "lsp [--kernel KERNEL] [--arch ARCH] [--dtb FILE] [-I DIR]... [--no-check CHECK]...",
    "Serves an editor that speaks the Language Server Protocol, on standard input and output: the findings of\n"
    "'capdl check' as you type, declarations and uses of names, what an object is and who holds it, completion,\n"
    "and renaming. docs/editors.md has settings for editors.",
    .takes = OPTIONS(OPTION_KERNEL, OPTION_ARCH, OPTIONS_INCLUDE, OPTIONS_CHECKS, OPTION_DTB_CHECK),
    .examples = "capdl lsp --kernel /opt/sel4 -I build",
    .findings = "The editor closed the connection without shutting the server down.",
    .own_terminal = true,
};

enum { LONGEST_MESSAGE = 256 << 20, INVALID_REQUEST = -32600, NO_METHOD = -32601, INVALID_PARAMETERS = -32602 };

struct server {
    const struct options *options;
    struct document *documents;
    bool shut_down, ended;
};

static void send_message(struct json_object *message)
{
    const char *text = json_object_to_json_string_ext(message, JSON_C_TO_STRING_PLAIN);
    printf("Content-Length: %zu\r\n\r\n%s", strlen(text), text);
    fflush(stdout);
    json_object_put(message);
}

static struct json_object *new_message(void)
{
    struct json_object *message = json_object_new_object();
    json_object_object_add(message, "jsonrpc", json_object_new_string("2.0"));
    return message;
}

/* A null result is an answer, too. */
static void answer(struct json_object *id, struct json_object *result)
{
    struct json_object *message = new_message();
    json_object_object_add(message, "id", json_object_get(id));
    json_object_object_add(message, "result", result);
    send_message(message);
}

static void refuse(struct json_object *id, int code, const char *why)
{
    struct json_object *message = new_message(), *error = json_object_new_object();
    json_object_object_add(error, "code", json_object_new_int(code));
    json_object_object_add(error, "message", json_object_new_string(why));
    json_object_object_add(message, "id", json_object_get(id));
    json_object_object_add(message, "error", error);
    send_message(message);
}

/* The member of a member, by names separated with dots; NULL if it is not there. */
static struct json_object *member(struct json_object *object, const char *path)
{
    while (*path && object) {
        size_t length = strcspn(path, ".");
        char name[32];
        struct json_object *inner = NULL;
        snprintf(name, sizeof(name), "%.*s", (int)length, path);
        if (json_object_is_type(object, json_type_object)) {
            json_object_object_get_ex(object, name, &inner);
        }
        object = inner;
        path += length + (path[length] == '.');
    }
    return object;
}

static const char *text_of(struct json_object *object, const char *path)
{
    struct json_object *value = member(object, path);
    return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;
}

static int hex_value(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* The path of file:///a%20b; other addresses are kept as they are, and have no files beside them. */
static char *path_of(const char *uri)
{
    static const char scheme[] = "file://";
    const char *from = strncmp(uri, scheme, sizeof(scheme) - 1) == 0 ? uri + sizeof(scheme) - 1 : uri;
    char *path = strdup(from), *to = path;
    for (; path && *from; from++) {
        bool coded = from[0] == '%' && hex_value(from[1]) >= 0 && hex_value(from[2]) >= 0 &&
                     (hex_value(from[1]) || hex_value(from[2]));
        *to++ = coded ? (char)(hex_value(from[1]) * 16 + hex_value(from[2])) : *from;
        from += coded ? 2 : 0;
    }
    if (path) {
        *to = 0;
    }
    return path;
}

static struct document *find_document(const struct server *server, const char *uri)
{
    struct document *d = server->documents;
    while (d && uri && strcmp(d->uri, uri) != 0) {
        d = d->next;
    }
    return uri ? d : NULL;
}

static void publish(const char *uri, struct json_object *diagnostics)
{
    struct json_object *message = new_message(), *parameters = json_object_new_object();
    json_object_object_add(parameters, "uri", json_object_new_string(uri));
    json_object_object_add(parameters, "diagnostics", diagnostics);
    json_object_object_add(message, "method", json_object_new_string("textDocument/publishDiagnostics"));
    json_object_object_add(message, "params", parameters);
    send_message(message);
}

static void set_text(struct server *server, const char *uri, const char *text)
{
    struct document *d = find_document(server, uri);
    if (!d) {
        d = calloc(1, sizeof(*d));
        if (d) {
            *d = (struct document){.uri = strdup(uri), .path = path_of(uri), .next = server->documents};
            server->documents = d;
        }
    }
    char *copy = strdup(text);
    if (!d || !d->uri || !d->path || !copy) {
        fputs("capdl lsp: out of memory\n", stderr);
        exit(EXIT_TROUBLE);
    }
    free(d->text);
    d->text = copy;
    d->size = strlen(copy);
    publish(uri, lsp_diagnostics(d, server->options));
}

static void free_document(struct document *d)
{
    free(d->uri);
    free(d->path);
    free(d->text);
    free(d);
}

static void close_document(struct server *server, const char *uri)
{
    for (struct document **at = &server->documents; *at; at = &(*at)->next) {
        if (strcmp((*at)->uri, uri) == 0) {
            struct document *closed = *at;
            *at = closed->next;
            free_document(closed);
            publish(uri, json_object_new_array());
            return;
        }
    }
}

static struct json_object *initialize(void)
{
    static const char capabilities[] =
        "{\"capabilities\": {\"textDocumentSync\": {\"openClose\": true, \"change\": 1}, \"definitionProvider\": true,"
        " \"referencesProvider\": true, \"hoverProvider\": true, \"renameProvider\": true,"
        " \"completionProvider\": {\"triggerCharacters\": [\"=\", \"(\"]}},"
        " \"serverInfo\": {\"name\": \"capdl\", \"version\": \"" CAPDL_VERSION "\"}}";
    return json_tokener_parse(capabilities);
}

/* A change replaces the whole document: that is what `change: 1` asks for. The last one counts. */
static const char *changed_text(struct json_object *parameters)
{
    struct json_object *changes = member(parameters, "contentChanges");
    size_t count = json_object_is_type(changes, json_type_array) ? json_object_array_length(changes) : 0;
    return count ? text_of(json_object_array_get_idx(changes, count - 1), "text") : NULL;
}

static void notified(struct server *server, const char *method, struct json_object *parameters)
{
    const char *uri = text_of(parameters, "textDocument.uri"), *text = NULL;
    if (strcmp(method, "exit") == 0) {
        server->ended = true;
    } else if (strcmp(method, "textDocument/didOpen") == 0) {
        text = text_of(parameters, "textDocument.text");
    } else if (strcmp(method, "textDocument/didChange") == 0) {
        text = changed_text(parameters);
    } else if (strcmp(method, "textDocument/didClose") == 0 && uri) {
        close_document(server, uri);
    }
    if (uri && text) {
        set_text(server, uri, text);
    }
}

static unsigned number_of(struct json_object *object, const char *path)
{
    int64_t value = json_object_get_int64(member(object, path));
    return value < 0 ? 0 : value > INT32_MAX ? INT32_MAX : (unsigned)value;
}

static void rename_to(struct server *server, struct document *d, struct lsp_position place, struct json_object *id,
                      struct json_object *parameters)
{
    (void)server;
    const char *name = text_of(parameters, "newName"), *error = "newName is not a string";
    struct json_object *result = name ? lsp_rename(d, place, name, &error) : NULL;
    if (error) {
        refuse(id, INVALID_PARAMETERS, error);
    } else {
        answer(id, result);
    }
}

static void asked_of_document(struct server *server, const char *method, struct json_object *id,
                              struct json_object *parameters)
{
    struct document *d = find_document(server, text_of(parameters, "textDocument.uri"));
    struct lsp_position place = {number_of(parameters, "position.line"), number_of(parameters, "position.character")};
    if (!d) {
        refuse(id, INVALID_PARAMETERS, "the document is not open");
    } else if (strcmp(method, "textDocument/definition") == 0) {
        answer(id, lsp_definition(d, place, server->options));
    } else if (strcmp(method, "textDocument/references") == 0) {
        answer(id, lsp_references(d, place));
    } else if (strcmp(method, "textDocument/hover") == 0) {
        answer(id, lsp_hover(d, place, server->options));
    } else if (strcmp(method, "textDocument/completion") == 0) {
        answer(id, lsp_completion(d, place, server->options));
    } else if (strcmp(method, "textDocument/rename") == 0) {
        rename_to(server, d, place, id, parameters);
    } else {
        refuse(id, NO_METHOD, "capdl lsp does not know this method");
    }
}

static void asked(struct server *server, const char *method, struct json_object *id, struct json_object *parameters)
{
    if (strcmp(method, "shutdown") == 0) {
        server->shut_down = true;
        answer(id, NULL);
    } else if (server->shut_down) {
        refuse(id, INVALID_REQUEST, "the server is shut down");
    } else if (strcmp(method, "initialize") == 0) {
        answer(id, initialize());
    } else if (strncmp(method, "textDocument/", 13) == 0) {
        asked_of_document(server, method, id, parameters);
    } else {
        refuse(id, NO_METHOD, "capdl lsp does not know this method");
    }
}

static void handle(struct server *server, struct json_object *message)
{
    const char *method = text_of(message, "method");
    struct json_object *id = member(message, "id"), *parameters = member(message, "params");
    if (!method) {
        if (!json_object_is_type(message, json_type_object) || !member(message, "id")) {
            refuse(NULL, INVALID_REQUEST, "a message without a method");
        }
    } else if (id) {
        asked(server, method, id, parameters);
    } else {
        notified(server, method, parameters);
    }
}

/* The length in a message's header; 0 at the end of the input, or if there is none or too great a one. */
static size_t read_header(void)
{
    char line[256];
    size_t length = 0;
    while (fgets(line, sizeof(line), stdin)) {
        if (strcmp(line, "\r\n") == 0 || strcmp(line, "\n") == 0) {
            return length <= LONGEST_MESSAGE ? length : 0;
        }
        if (strncasecmp(line, "Content-Length:", 15) == 0) {
            length = strtoul(line + 15, NULL, 10);
        }
    }
    return 0;
}

static int serve(struct server *server)
{
    for (size_t length; !server->ended && (length = read_header()) > 0;) {
        char *text = malloc(length + 1);
        if (!text || fread(text, 1, length, stdin) != length) {
            free(text);
            break;
        }
        text[length] = 0;
        struct json_object *message = json_tokener_parse(text);
        free(text);
        if (message) {
            handle(server, message);
            json_object_put(message);
        } else {
            refuse(NULL, INVALID_REQUEST, "a message that is not JSON");
        }
    }
    while (server->documents) {
        struct document *d = server->documents;
        server->documents = d->next;
        free_document(d);
    }
    return server->ended && server->shut_down ? EXIT_FINE : EXIT_FINDINGS;
}

int cmd_lsp(int argc, char **argv)
{
    struct options options;
    int code = options_parse(&usage_lsp, argc, argv, &options);
    if (code == OPTIONS_GO) {
        struct server server = {.options = &options};
        if (isatty(STDIN_FILENO)) {
            fputs("capdl lsp: waiting for an editor's messages on standard input (docs/editors.md)\n", stderr);
        }
        code = serve(&server);
        options_free(&options);
    }
    return code;
}
