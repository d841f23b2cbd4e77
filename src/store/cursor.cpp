// Pages and the range over them.
#include <acta/store/cursor.hpp>
#include <acta/store/log.hpp>

#include <algorithm>

namespace acta {

void stored_event::fill(envelope& out) const {
    out.stream.assign_checked(stream);
    out.version = version;
    out.position = position;
    out.recorded_at = recorded_at;
    out.metadata.assign_checked(shared_metadata, own_metadata);
    out.tags.clear();
    for (const std::string_view tag : tags) out.tags.emplace_back(tag);
}

page::page() { clear(); }

void page::clear() {
    constexpr std::size_t smallest = 1 << 10, largest = 8 << 20;  // what one huge event took is given back
    events_.clear();
    if (memory_ && used_ + used_ / 8 <= block_.size()) {
        memory_->release();
    } else {
        memory_.reset();
        block_.resize(std::clamp(2 * used_, smallest, largest));
        memory_.emplace(block_.data(), block_.size());
    }
    used_ = 0;
    next_ = 0;
    last_ = true;
}

cursor::cursor(const log& from, std::optional<stream_name> stream, read_options what)
    : log_(&from), stream_(std::move(stream)), what_(std::move(what)), page_(std::make_unique<page>()) {
    head_ = from.head();  // first of all: what is appended from now on is not part of this reading
    what_.until = std::min(what_.until, stream_ ? from.find_stream(*stream_).value_or(stream_info{}).version : head_);
    load();
}

void cursor::advance() {
    ++delivered_;
    if (++at_ == page_->events().size()) load();
}

void cursor::load() {
    at_ = 0;
    if (delivered_ > 0 && page_->last()) return page_->clear();
    do {
        read_options next = what_;
        next.limit = what_.limit - delivered_;
        log_->read_page(stream_ ? &*stream_ : nullptr, next, *page_);
        (what_.direction == direction::forward ? what_.after : what_.until) = page_->next();
    } while (page_->events().empty() && !page_->last());
}

}  // namespace acta
