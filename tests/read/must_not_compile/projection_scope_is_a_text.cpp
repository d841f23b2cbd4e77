// expect: static assertion failed.*a projection's scope is `using from = acta::categories
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
    using from = std::string_view;
#else
    using from = acta::categories<"account">;
#endif
    static constexpr acta::projection_type projection{"balances", 1};
    using consumes = acta::events<deposited>;
    void apply(const acta::recorded<deposited>&) {}
};

const acta_projection& used = acta::abi_of<balances>();
