// expect: acta cannot see the fields of this type: give it `template <class Archive> void
#include <acta/event/codec.hpp>

struct opened {
    static constexpr acta::event_type event{"account.opened", 1};
    int value = 0;
#ifdef ACTA_MISTAKE
    // it is left out
#else
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("value", value));
    }
#endif
};
using account_events = acta::events<opened>;
ACTA_CODECS(account_events);
