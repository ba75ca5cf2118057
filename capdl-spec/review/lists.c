/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists of subjects, devices and other numbers. */
#include "lists.h"

#include <stdlib.h>

#include "model/model.h"

static int number_compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static int word_compare(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return a < b ? -1 : a > b;
}

void capdl_review_sort(uint32_t *list, size_t count)
{
    if (count) {
        qsort(list, count, sizeof(*list), number_compare);
    }
}

void capdl_review_sort_words(uint64_t *list, size_t count)
{
    if (count) {
        qsort(list, count, sizeof(*list), word_compare);
    }
}

size_t capdl_review_unique(uint32_t *list, size_t count)
{
    size_t kept = 0;
    capdl_review_sort(list, count);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || list[i] != list[i - 1]) {
            list[kept++] = list[i];
        }
    }
    return kept;
}

bool capdl_review_among(const uint32_t *list, size_t count, uint32_t number)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (list[middle] < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count && list[low] == number;
}

bool capdl_review_contains(const uint32_t *list, size_t count, uint32_t number)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i] == number) {
            return true;
        }
    }
    return false;
}

bool capdl_review_is_only(const uint32_t *list, size_t count, uint32_t number)
{
    return count == 1 && list[0] == number;
}

uint32_t *capdl_review_identity(uint32_t count)
{
    uint32_t *numbers = capdl_spec_realloc(NULL, (count + (size_t)1) * sizeof(*numbers));
    for (uint32_t i = 0; i < count; i++) {
        numbers[i] = i;
    }
    return numbers;
}
