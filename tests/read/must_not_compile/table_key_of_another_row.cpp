// expect: static assertion failed.*a table's key is a member of its row
#include <acta/read/table.hpp>

struct account {
    std::string id;
    std::optional<std::string> nick;
    double rate = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("id", id), acta::field("nick", nick), acta::field("rate", rate));
    }
};
struct other {
    int number = 0;
};

#ifdef ACTA_MISTAKE
acta::table<account, &other::number> rows{"account"};
#else
acta::table<account, &account::id> rows{"account"};
#endif
