// expect: a pointer cannot be an event's field: events are plain values; use the value itself or std::optional
#include <acta/event/codec.hpp>

#include <memory>

struct opened {
    static constexpr acta::event_type event{"account.opened", 1};
#ifdef ACTA_MISTAKE
    std::shared_ptr<int> value{};
#else
    int value = 0;
#endif
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("value", value));
    }
};
using account_events = acta::events<opened>;
ACTA_CODECS(account_events);
