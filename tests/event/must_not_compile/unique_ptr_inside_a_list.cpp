// expect: (a pointer cannot be an event's field|an event must be copyable)
#include <acta/event/codec.hpp>

#include <memory>

struct opened {
    static constexpr acta::event_type event{"account.opened", 1};
#ifdef ACTA_MISTAKE
    std::vector<std::unique_ptr<int>> value{};
#else
    std::vector<int> value{};
#endif
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("value", value));
    }
};
using account_events = acta::events<opened>;
ACTA_CODECS(account_events);
