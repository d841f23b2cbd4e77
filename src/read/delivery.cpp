// From a stored event, as abi.h hands it over, to a projection's apply(): what does not depend on the projection's type.
#include <acta/read/delivery.hpp>

#include <algorithm>
#include <cstring>

namespace acta::detail::projections {

void put_error(acta_error* error, std::string_view text) noexcept {
    if (!error) return;
    error->size = std::min(error->capacity, text.size());
    while (error->size < text.size() && error->size > 0 && (static_cast<unsigned char>(text[error->size]) & 0xc0U) == 0x80U) --error->size;
    if (error->size > 0) std::memcpy(error->text, text.data(), error->size);
}

void fill(envelope& about, const acta_event& from) {
    about.stream.assign_checked(view(from.stream));
    about.version = from.version;
    about.position = from.position;
    about.recorded_at = timestamp(std::chrono::microseconds(from.recorded_at));
    about.metadata.assign_checked(view(from.shared_metadata), view(from.own_metadata));
    about.tags.clear();
    for (std::size_t i = 0; i < from.tag_count; ++i) about.tags.emplace_back(view(from.tags[i]));
}

void bind_all(const std::vector<rows::bound_member*>& members, const rows::binding& to) {
    for (rows::bound_member* const each : members)
        if (!each->table_name().empty()) each->bind(to, members);
    for (rows::bound_member* const each : members)
        if (each->table_name().empty()) each->bind(to, members);
}

}  // namespace acta::detail::projections
