// expect: a_revision_starts_at_1
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
    static constexpr acta::projection_type projection{"balances", 0};
#else
    static constexpr acta::projection_type projection{"balances", 1};
#endif
    using consumes = acta::events<deposited>;
    void apply(const acta::recorded<deposited>&) {}
};

const acta_projection& used = acta::abi_of<balances>();
