#include <histedit.h>
#include <stdio.h>
#include <stdlib.h>

// el_set, el_get and history take a variable list of arguments, which Swift cannot give.

typedef unsigned char (*edit_function)(EditLine *, int);

// Opens an editor on standard input that draws on standard error where standard output is none of a
// terminal's.
static inline EditLine *edit_open(const char *program, int draws_on_errors) {
  return el_init(program, stdin, draws_on_errors ? stderr : stdout, stderr);
}

static inline int edit_set_prompt(EditLine *edit, char *(*prompt)(EditLine *)) {
  return el_set(edit, EL_PROMPT, prompt);
}

static inline int edit_set_keys(EditLine *edit, const char *keys) {
  return el_set(edit, EL_EDITOR, keys);
}

static inline int edit_set_owner(EditLine *edit, void *owner) {
  return el_set(edit, EL_CLIENTDATA, owner);
}

static inline void *edit_owner(EditLine *edit) {
  void *owner = NULL;
  el_get(edit, EL_CLIENTDATA, &owner);
  return owner;
}

static inline int edit_add_function(
    EditLine *edit, const char *name, const char *help, edit_function function) {
  return el_set(edit, EL_ADDFN, name, help, function);
}

static inline int edit_bind(EditLine *edit, const char *key, const char *function) {
  return el_set(edit, EL_BIND, key, function, NULL);
}

static inline int edit_set_history(EditLine *edit, History *past) {
  return el_set(edit, EL_HIST, history, past);
}

static inline int edit_history_limit(History *past, int count) {
  HistEvent event;
  history(past, &event, H_SETUNIQUE, 1);
  return history(past, &event, H_SETSIZE, count);
}

static inline int edit_history_load(History *past, const char *path) {
  HistEvent event;
  return history(past, &event, H_LOAD, path);
}

static inline int edit_history_save(History *past, const char *path) {
  HistEvent event;
  return history(past, &event, H_SAVE, path);
}

static inline int edit_history_add(History *past, const char *line) {
  HistEvent event;
  return history(past, &event, H_ENTER, line);
}
