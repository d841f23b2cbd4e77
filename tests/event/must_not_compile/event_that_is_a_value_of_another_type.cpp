// expect: an event is a struct of its own, not a value inside another type
#include <acta/event/codec.hpp>

struct opened {
    static constexpr acta::event_type event{"account.opened", 1};
    int value = 0;
#ifdef ACTA_MISTAKE
    template <class Archive>
    int save_minimal(const Archive&) const {
        return value;
    }
    template <class Archive>
    void load_minimal(const Archive&, const int& stored) {
        value = stored;
    }
#else
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("value", value));
    }
#endif
};
using account_events = acta::events<opened>;
ACTA_CODECS(account_events);
