// Tables in memory for acta::fold.
#include <acta/replay/fold.hpp>

#include "replay/model.hpp"
#include "replay/model_database.hpp"

namespace acta::detail {

namespace {

struct memory_model {
    explicit memory_model(std::string_view projection)
        : held(":memory:", access::run, {}), database(held.on(), held.rules(), std::string(projection), definition::make) {
        held.begin();  // for good: there is nothing to commit to
        database.begin_defining();
    }
    model held;
    model_database database;
};

}  // namespace

void bind_in_memory(const std::vector<rows::bound_member*>& members, std::string_view projection) {
    const auto made = std::make_shared<memory_model>(projection);
    projections::bind_all(members, {&made->database.functions(), made});
    made->database.end_defining();
}

}  // namespace acta::detail
