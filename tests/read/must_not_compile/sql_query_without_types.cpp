// expect: static assertion failed.*say the types of the columns
#include <acta/read/sql.hpp>

void use(acta::sql& db) {
#ifdef ACTA_MISTAKE
    (void)db.query("SELECT 1");
#else
    (void)db.query<int>("SELECT 1");
#endif
}
