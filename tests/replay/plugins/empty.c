/* A library that is no plugin: it exports something else. */
__attribute__((visibility("default"))) int something_else(void);
int something_else(void) { return 1; }
