#include <sqlite3.h>

/* Variadic in SQLite, which Swift does not import: leaves out the counting of allocated bytes, which takes a lock for each of them. */
static inline int shim_disable_memory_statistics(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
