// expect: serialize\(archive, version\) is cereal's class versioning, which acta does not store: raise the event's revision instead
#include <acta/event/codec.hpp>

struct opened {
    static constexpr acta::event_type event{"account.opened", 1};
    int value = 0;
};
template <class Archive>
#ifdef ACTA_MISTAKE
void serialize(Archive& ar, opened& event, std::uint32_t) {
#else
void serialize(Archive& ar, opened& event) {
#endif
    ar(acta::field("value", event.value));
}
using account_events = acta::events<opened>;
ACTA_CODECS(account_events);
