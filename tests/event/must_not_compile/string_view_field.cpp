// expect: acta cannot see the fields of this type
#include <acta/event/codec.hpp>

#include <string_view>

struct opened {
    static constexpr acta::event_type event{"account.opened", 1};
#ifdef ACTA_MISTAKE
    std::string_view value{};
#else
    std::string value{};
#endif
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("value", value));
    }
};
using account_events = acta::events<opened>;
ACTA_CODECS(account_events);
