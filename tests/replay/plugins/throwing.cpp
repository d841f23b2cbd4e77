#include <acta/read/plugin.hpp>

#include "../support_bank.hpp"

#include <stdexcept>

namespace {

/// Throws at the third deposit, from inside the library.
struct throwing {
    static constexpr acta::projection_type projection{"throwing", 1};
    using consumes = acta::events<bank::deposited>;
    acta::table<bank::balance, &bank::balance::account_id> rows{"balance"};
    auto tables() { return std::tie(rows); }
    void apply(const acta::recorded<bank::deposited>& e) {
        if (e->cents == 13) throw std::runtime_error("thirteen brings bad luck");
        rows[e.stream().id()].cents += e->cents;
    }
};

/// Wants everything, whatever it is.
struct archive {
    struct line {
        std::int64_t position = 0;
        std::string type;
        std::string json;
        template <class Archive>
        void serialize(Archive& ar) {
            ar(acta::field("position", position), acta::field("type", type), acta::field("json", json));
        }
    };
    static constexpr acta::projection_type projection{"archive", 1};
    using consumes = acta::any_event;
    acta::table<line, &line::position> lines{"line"};
    auto tables() { return std::tie(lines); }
    void apply(const acta::recorded<acta::any_event>& e) { lines.put({e.position(), e.type(), e.json()}); }
};

}  // namespace

ACTA_PROJECTION_PLUGIN(throwing, archive);
