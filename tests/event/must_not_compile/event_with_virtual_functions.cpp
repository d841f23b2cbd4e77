// expect: an event is a plain struct: no virtual functions
#include <acta/event/codec.hpp>

struct opened {
    static constexpr acta::event_type event{"account.opened", 1};
#ifdef ACTA_MISTAKE
    virtual ~opened() = default;
#endif
    template <class Archive>
    void serialize(Archive&) {}
};
using account_events = acta::events<opened>;
ACTA_CODECS(account_events);
