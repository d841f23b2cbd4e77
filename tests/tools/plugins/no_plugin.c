/* A library like any other. */
int unrelated(void);
int unrelated(void) { return 1; }
