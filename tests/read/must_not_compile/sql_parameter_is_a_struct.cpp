// expect: static assertion failed.*an SQL parameter is one value
#include <acta/read/sql.hpp>

struct amount {
    int cents = 0;
};

void use(acta::sql& db) {
#ifdef ACTA_MISTAKE
    db.run("INSERT INTO audit VALUES (?)", amount{5});
#else
    db.run("INSERT INTO audit VALUES (?)", amount{5}.cents);
#endif
}
