// expect: acta cannot see the fields of this type: give it `template <class Archive> void
#include <acta/event/codec.hpp>

struct opened {
    static constexpr acta::event_type event{"account.opened", 1};
#ifdef ACTA_MISTAKE
    struct point {
        int x = 0, y = 0;
    };
    point value{};
#else
    struct point {
        int x = 0, y = 0;
        template <class Archive>
        void serialize(Archive& ar) {
            ar(acta::field("x", x), acta::field("y", y));
        }
    };
    point value{};
#endif
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("value", value));
    }
};
using account_events = acta::events<opened>;
ACTA_CODECS(account_events);
