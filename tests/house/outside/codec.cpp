// An event of a user, and how it becomes bytes.
#include <acta/event/codec.hpp>
#include <acta/event/event.hpp>
#include <acta/event/field.hpp>

#include <cstdint>

struct noted {
    static constexpr acta::event_type event{"diary.noted", 1};
    std::int64_t page = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("page", page));
    }
};

ACTA_CODECS(acta::events<noted>);
