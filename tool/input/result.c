/* SPDX-License-Identifier: BSD-2-Clause */
#include "result.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json/spec_json.h"
#include "print_json.h"
#include "sha256/sha256.h"

void result_start(struct input *input, const struct options *options, const char *command)
{
    if (options->json) {
        input->result = json_object_new_object();
        result_add_text(input, "command", command);
        result_add_text(input, "input", input->name);
    }
}

void result_add(struct input *input, const char *key, struct json_object *value)
{
    if (input->result) {
        json_object_object_add(input->result, key, value);
    } else {
        json_object_put(value);
    }
}

void result_add_text(struct input *input, const char *key, const char *text)
{
    result_add(input, key, json_object_new_string(text));
}

void result_add_number(struct input *input, const char *key, uint64_t number)
{
    result_add(input, key, json_object_new_uint64(number));
}

void result_add_output(struct input *input, const char *path)
{
    struct json_object *list, *file;
    struct file_bytes bytes;
    char text[2 * SHA256_BYTES + 1];
    uint8_t digest[SHA256_BYTES];
    struct sha256 sum;
    if (!input->result) {
        return;
    }
    if (!json_object_object_get_ex(input->result, "outputs", &list)) {
        list = json_object_new_array();
        json_object_object_add(input->result, "outputs", list);
    }
    file = json_object_new_object();
    json_object_object_add(file, "file", json_object_new_string(path));
    if (file_read_regular(path, &bytes)) {
        sha256_init(&sum);
        sha256_add(&sum, bytes.data, bytes.size);
        sha256_end(&sum, digest);
        sha256_text(digest, text);
        json_object_object_add(file, "bytes", json_object_new_uint64(bytes.size));
        json_object_object_add(file, "sha256", json_object_new_string(text));
        file_release(&bytes);
    }
    json_object_array_add(list, file);
}

static struct json_object *diagnostics(struct capdl_diags *diags)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    struct json_object *list = NULL;
    if (stream) {
        diags_json_write(diags, stream);
        fclose(stream);
        list = json_tokener_parse(text);
    }
    free(text);
    return list ? list : json_object_new_array();
}

void result_add_diagnostics(struct input *input, const char *key, struct capdl_diags *diags)
{
    result_add(input, key, input->result ? diagnostics(diags) : NULL);
}

void result_finish(struct input *input, int code)
{
    result_add(input, "diagnostics", diagnostics(&input->diags));
    result_add_number(input, "exit_code", (uint64_t)code);
    print_json_value(input->result, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
    json_object_put(input->result);
    input->result = NULL;
}
