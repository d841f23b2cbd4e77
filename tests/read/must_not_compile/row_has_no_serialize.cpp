// expect: static assertion failed.*a row needs `template <class Archive> void serialize
#include <acta/read/table.hpp>

struct account {
    std::string id;
    std::optional<std::string> nick;
    double rate = 0;
#ifdef ACTA_MISTAKE

#else
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("id", id));
    }
#endif
};

void use(acta::table<account, &account::id>& rows) { rows["ada"]; }
