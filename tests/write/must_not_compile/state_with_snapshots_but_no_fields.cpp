// expect: error: .*acta cannot see the fields of this type
#include <acta/event/codec.hpp>
#include <acta/event/field.hpp>
#include <acta/write/aggregate.hpp>

#include <cstdint>

struct account {
    std::int64_t balance = 0;
#ifdef ACTA_MISTAKE
#else
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("balance", balance));
    }
#endif
};

ACTA_STATE_CODEC(account);
