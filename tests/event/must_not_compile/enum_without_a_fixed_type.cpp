// expect: an enum without a fixed underlying type
#include <acta/event/codec.hpp>

#ifdef ACTA_MISTAKE
enum colour { red, green };
#else
enum colour : int { red, green };
#endif

struct painted {
    static constexpr acta::event_type event{"wall.painted", 1};
    colour with = red;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("with", with));
    }
};

ACTA_CODECS(acta::events<painted>);
