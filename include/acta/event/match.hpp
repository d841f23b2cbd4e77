// Which of a program's event types reads what a store holds, and the sentence when none does.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <acta/event/encoding.hpp>

namespace acta {

/// An event type as a store holds it. Borrowed.
struct type_in_store {
    std::string_view name{};
    std::uint32_t revision = 0;
    std::uint64_t fingerprint = 0;
    std::string_view layout_text{};
};

/// The index in `listed` of the codec that reads events stored so; nothing when none has that name. Throws failure(layout_mismatch)
/// when the name is there but neither revision nor fields fit: what differs and what to do.
std::optional<std::size_t> codec_for(const type_in_store& stored, std::span<const event_codec* const> listed);

/// The first field in which two layouts of one event differ, as half a sentence.
std::string layout_difference(std::string_view stored_layout_text, std::string_view our_layout_text);

}  // namespace acta
