/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of subjects, devices and other numbers. */
#ifndef CAPDL_REVIEW_LISTS_H
#define CAPDL_REVIEW_LISTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void capdl_review_sort(uint32_t *list, size_t count);
void capdl_review_sort_words(uint64_t *list, size_t count);
/* Sorts a list and leaves one of each; returns how many are left. */
size_t capdl_review_unique(uint32_t *list, size_t count);
/* Whether a sorted list has the number. */
bool capdl_review_among(const uint32_t *list, size_t count, uint32_t number);
/* Whether any list has it. */
bool capdl_review_contains(const uint32_t *list, size_t count, uint32_t number);
/* Whether the list has it and nothing else. */
bool capdl_review_is_only(const uint32_t *list, size_t count, uint32_t number);

/* 0, 1, 2, ...; to be freed. */
uint32_t *capdl_review_identity(uint32_t count);

#endif
