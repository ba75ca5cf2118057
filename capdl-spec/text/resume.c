/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a declaration starts, and where a list of parameters goes on after a mistake. */
#include "resume.h"

#include "object_refs.h"
#include "tokens.h"

bool capdl_text_at_declaration(const struct text_parser *p)
{
    struct text_lexer lexer;
    struct text_token token = capdl_text_behind_ref(p, &lexer);
    return p->token.kind == TEXT_NAME && token.kind == TEXT_PUNCT && (token.punct == '=' || token.punct == '/');
}

bool capdl_text_params_resume(struct text_parser *p)
{
    unsigned long depth = 0;
    for (; p->token.kind != TEXT_END; capdl_text_advance(p)) {
        if (!depth && (capdl_text_is(p, ',') || capdl_text_is(p, ')'))) {
            return true;
        }
        if (p->token.first && capdl_text_at_declaration(p)) {
            return false;
        }
        if (!depth && (capdl_text_is(p, '}') || capdl_text_at_section(p))) {
            return false;
        }
        depth += capdl_text_is(p, '(') || capdl_text_is(p, '[') || capdl_text_is(p, '{');
        depth -= depth && (capdl_text_is(p, ')') || capdl_text_is(p, ']') || capdl_text_is(p, '}'));
    }
    return false;
}
