// expect: static assertion failed.*a column holds one value
#include <acta/read/table.hpp>

struct account {
    std::string id;
    std::optional<std::string> nick;
    double rate = 0;
#ifdef ACTA_MISTAKE
    std::vector<std::string> names;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("id", id), acta::field("names", names));
    }
#else
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("id", id));
    }
#endif
};

void use(acta::table<account, &account::id>& rows) { rows["ada"]; }
