// expect: static assertion failed.*has to be exactly `void apply\(const acta::recorded<E>&\)`
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
    static constexpr acta::projection_type projection{"balances", 1};
    using consumes = acta::events<deposited>;
#ifdef ACTA_MISTAKE
    void apply(acta::recorded<deposited>&) {}
#else
    void apply(const acta::recorded<deposited>&) {}
#endif
};

const acta_projection& used = acta::abi_of<balances>();
