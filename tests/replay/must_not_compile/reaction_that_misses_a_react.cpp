// expect: static assertion failed.*a reaction needs a public `void react
#include <acta/replay/reaction.hpp>

struct paid {
    static constexpr acta::event_type event{"order.paid", 1};
    template <class Archive>
    void serialize(Archive&) {}
};
struct receipts {
    static constexpr acta::reaction_type reaction{"receipts"};
    using consumes = acta::events<paid>;
#ifdef ACTA_MISTAKE
    void react(const paid&) {}
#else
    void react(const acta::recorded<paid>&) {}
#endif
};

const acta_projection& use() { return acta::reaction_abi_of<receipts>(); }
