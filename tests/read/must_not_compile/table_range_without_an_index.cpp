// expect: static assertion failed.*name an index for it in acta::table
#include <acta/read/table.hpp>

struct account {
    std::string id;
    std::string owner;
    std::int64_t cents = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("id", id), acta::field("owner", owner), acta::field("cents", cents));
    }
};

void use(const acta::table<account, &account::id, &account::owner>& rows) {
    (void)rows.equal<&account::owner>("Ada");
#ifdef ACTA_MISTAKE
    (void)rows.equal<&account::cents>(5);
#endif
}
