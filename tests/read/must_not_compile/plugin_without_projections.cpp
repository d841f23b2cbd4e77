// expect: static assertion failed.*a plugin has at least one projection
#include <acta/read/plugin.hpp>

struct deposited {
    static constexpr acta::event_type event{"account.deposited", 1};
    std::int64_t cents = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents));
    }
};

struct balances {
    static constexpr acta::projection_type projection{"balances", 1};
    using consumes = acta::events<deposited>;
    void apply(const acta::recorded<deposited>&) {}
};

#ifdef ACTA_MISTAKE
ACTA_PROJECTION_PLUGIN();
#else
ACTA_PROJECTION_PLUGIN(balances);
#endif
