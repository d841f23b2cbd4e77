// expect: long double and wide characters differ between machines and cannot be stored: use double or UTF-8 in std::string
#include <acta/event/codec.hpp>

struct opened {
    static constexpr acta::event_type event{"account.opened", 1};
#ifdef ACTA_MISTAKE
    wchar_t value = 0;
#else
    char value = 0;
#endif
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("value", value));
    }
};
using account_events = acta::events<opened>;
ACTA_CODECS(account_events);
