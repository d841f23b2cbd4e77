// What an append expects, in words; an event on its way in.
#include <acta/store/append.hpp>

#include <algorithm>

namespace acta {

std::string expected_version::text() const {
    switch (kind_) {
    case kind::any: return "any version";
    case kind::none: return "no stream";
    case kind::exists: return "an existing stream";
    case kind::exactly: return "version " + std::to_string(version_);
    }
    return {};
}

new_event::new_event(const event_codec& codec, const void* event, acta::metadata own, std::vector<tag> tags)
    : codec_(&codec), metadata_(std::move(own)), tags_(std::move(tags)) {
    payload_.reserve(64);  // most events fit: one allocation
    codec.encode(event, payload_);
    if (codec.tags != nullptr)
        for (tag& one : codec.tags(event)) tags_.push_back(std::move(one));
    std::sort(tags_.begin(), tags_.end());
    tags_.erase(std::unique(tags_.begin(), tags_.end()), tags_.end());
}

}  // namespace acta
