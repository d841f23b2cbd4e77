// expect: static assertion failed.*a column holds one value
#include <acta/read/table.hpp>

#include <memory>

struct account {
    std::string id;
    std::optional<std::string> nick;
    double rate = 0;
#ifdef ACTA_MISTAKE
    std::unique_ptr<std::string> name;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("id", id), acta::field("name", name));
    }
#else
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("id", id));
    }
#endif
};

void use(acta::table<account, &account::id>& rows) { rows["ada"]; }
