// expect: static assertion failed.*a projection that consumes no event has nothing to do
#include <acta/read/projection.hpp>

struct deposited {
    static constexpr acta::event_type event{"account.deposited", 1};
    std::int64_t cents = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("cents", cents));
    }
};

struct balances {
#ifdef ACTA_MISTAKE
    using consumes = acta::events<>;
#else
    using consumes = acta::events<deposited>;
#endif
    static constexpr acta::projection_type projection{"balances", 1};
    void apply(const acta::recorded<deposited>&) {}
};

const acta_projection& used = acta::abi_of<balances>();
