// expect: static assertion failed.*not of optional or floating-point members
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
acta::table<account, &account::nick> rows{"account"};
#else
acta::table<account, &account::id> rows{"account"};
#endif
