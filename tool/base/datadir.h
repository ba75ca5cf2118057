/* SPDX-License-Identifier: BSD-2-Clause */
/* The tool's architecture data: prebuilt initialisers and loaders. */
#ifndef TOOL_BASE_DATADIR_H
#define TOOL_BASE_DATADIR_H

/*
 * Path of a data file, to be freed; NULL if not found. Searches the directory that the environment variable
 * CAPDL_DATA_DIR names, and only there if it is set; else in ../share/capdl beside the program's directory; then, for a
 * program in a build tree, in `room` there; then where the package was configured to be installed.
 */
char *data_find(const char *room, const char *name);
/* For messages: the directories that are searched, in words. */
const char *data_directories(void);

#endif
