// The one file of the benchmarks that includes cereal.
#include <acta/event/codec.hpp>

#include "moved_account.hpp"

#include <cereal/archives/portable_binary.hpp>
#include <cereal/types/string.hpp>

using bench_events = acta::events<bench::moved>;
ACTA_CODECS(bench_events);
ACTA_STATE_CODEC(bench::moved_account);

namespace bench {

std::string portable(const moved& event) {
    std::ostringstream out;
    cereal::PortableBinaryOutputArchive archive(out);
    archive(event);
    return std::move(out).str();
}

moved from_portable(const std::string& bytes) {
    std::istringstream in(bytes);
    moved event;
    cereal::PortableBinaryInputArchive{in}(event);
    return event;
}

}  // namespace bench
