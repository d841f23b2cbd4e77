// acta::table: the rows of a projection as plain structs, kept in memory while events are applied and in an SQL table at rest.
#pragma once

#include <acta/read/key.hpp>
#include <acta/read/table_rows.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <unordered_map>

namespace acta {

struct table_options {
    std::size_t memory = std::size_t{64} << 20;  ///< bytes of rows kept in memory, about; beyond it the least recently used ones go
};

/// The rows of one SQL table, a member of a projection that names it in `tables()`. Columns come from Row's serialize(), the primary
/// key is Key (a member of Row, or acta::key<...>), each Index makes an index. While events are applied rows are kept in memory and
/// written at the end of the batch, in the transaction that moves the checkpoint; what is read is always the newest.
/// References to rows hold until `apply` returns. A row is its columns: members that serialize() does not name are not kept.
/// Thread rule: one thread at a time. Every function throws failure when the table belongs to no read model, or SQLite fails.
template <class Row, auto Key, auto... Index>
class table final : public detail::rows::bound_member {
    using by_key = detail::rows::access_for<Row, Key>;
    static_assert(by_key::valid, "a table's key is a member of its row, &row::member, or several: acta::key<&row::a, &row::b>");
    static_assert((detail::rows::access_for<Row, Index>::valid && ...),
                  "a table's index is over a member of its row, &row::member, or several: acta::key<&row::a, &row::b>");
    using keys = typename by_key::type;
    static_assert(keys::fit(), "a table's key is made of integers, texts, bytes, times or enumerations: not of optional or floating-point "
                               "members, which SQL cannot find again");

public:
    using row_type = Row;
    using key_type = typename keys::type;

    /// `name`: letters, digits and underscores, not beginning with a digit, `acta_` or `sqlite_`.
    explicit table(std::string_view name, const table_options& how = {})
        : storage_(described(name)), how_(how), values_(storage_.shape().columns.size()) {}

    /// The row of this key, made when there is none: a default Row with the key filled in.
    Row& operator[](const key_type& key) {
        entry& found = locate(key);
        if (found.second.absent) make(found, Row{});
        return touch(found).row;
    }
    /// The row of this key. Throws failure(not_found) when there is none.
    Row& edit(const key_type& key) {
        entry& found = locate(key);
        if (found.second.absent) storage_.unknown_key(key_values(key));
        return touch(found).row;
    }
    /// Puts a row, over the one of the same key where there is one.
    void put(Row row) {
        require_writable();
        entry& found = slot_of(keys::in(row)).first;
        found.second.row = std::move(row);
        found.second.absent = false;
        touch(found);
    }
    /// True: there was such a row.
    bool erase(const key_type& key) {
        entry& found = locate(key);
        if (found.second.absent) return false;
        found.second.absent = true;
        found.second.row = Row{};
        touch(found);
        return true;
    }

    /// A copy of the row of this key, or nothing.
    std::optional<Row> find(const key_type& key) const {
        storage_.require_bound();
        if (storage_.read_only()) {
            std::optional<Row> row(std::in_place);
            if (!load(key, *row)) row.reset();
            return row;
        }
        if (complete_ && !rows_.contains(key)) return std::nullopt;
        const slot& found = locate(key).second;
        return found.absent ? std::nullopt : std::optional<Row>(found.row);
    }
    bool contains(const key_type& key) const { return find(key).has_value(); }
    /// How many rows there are. Counts them.
    std::size_t size() const {
        write_dirty();
        return storage_.count();
    }
    bool empty() const { return begin() == end(); }

    using iterator = row_iterator<Row>;
    /// All rows in the order of their keys.
    iterator begin() const {
        write_dirty();
        return iterator(storage_.in_key_order(), {}, storage_.shape().columns.size());
    }
    std::default_sentinel_t end() const noexcept { return {}; }

    /// What a bound of a range over `By` is: a value of that member, or a tuple of several. Rows that hold nothing are in no range.
    template <auto By>
    using bound_by = typename detail::rows::bound<typename detail::rows::access_for<Row, By>::type::type>::type;

    /// The rows from one key to another, both included, in their order: `rows.between("a", "b")`; by the leading members of the key or
    /// of an index: `rows.between<&balance::cents>(100, 500)`.
    template <auto By = Key>
    table_rows<Row> between(const bound_by<By>& first, const bound_by<By>& last) const {
        return ranged<By>(&first, &last);
    }
    /// The rows from one key on.
    template <auto By = Key>
    table_rows<Row> from(const bound_by<By>& first) const {
        return ranged<By>(&first, nullptr);
    }
    /// The rows up to one key, itself included.
    template <auto By = Key>
    table_rows<Row> up_to(const bound_by<By>& last) const {
        return ranged<By>(nullptr, &last);
    }
    /// The rows of one value: `rows.equal<&balance::owner>("Ada")`.
    template <auto By>
    table_rows<Row> equal(const bound_by<By>& value) const {
        return between<By>(value, value);
    }

    // ---- for those who run projections
    void bind(const detail::rows::binding& to, const std::vector<detail::rows::bound_member*>&) override {
        storage_.bind(to);
        complete_ = storage_.writable() && storage_.count() == 0;
    }
    void flush() override { write_dirty(); }
    void settle() override {
        ++epoch_;
        for (; weighed_ < dirty_.size(); ++weighed_) weigh(*dirty_[weighed_]);
        if (bytes_ > how_.memory) evict();
    }
    bool bound() const noexcept override { return storage_.bound(); }
    std::string_view table_name() const noexcept override { return storage_.shape().name; }

private:
    struct slot {
        Row row{};
        bool absent = true;      ///< known not to be there
        bool dirty = false;      ///< stands in dirty_
        std::uint64_t used = 0;  ///< the epoch in which it was asked for last
        std::size_t bytes = 0;   ///< of texts, when it was looked at last
    };
    using map = std::unordered_map<key_type, slot, detail::rows::key_hash>;
    using entry = typename map::value_type;
    static constexpr std::size_t entry_bytes = sizeof(entry) + 4 * sizeof(void*);

    static detail::rows::table_shape described(std::string_view name) {
        detail::rows::table_shape shape{std::string(name), detail::rows::describe<Row>(), {}, {}};
        shape.key = columns_of<Key>(shape);
        (shape.indexes.push_back(columns_of<Index>(shape)), ...);
        return shape;
    }
    template <auto Of>
    static std::vector<std::size_t> columns_of(const detail::rows::table_shape& shape) {
        const Row probe{};
        std::vector<std::size_t> columns;
        detail::rows::access_for<Row, Of>::type::each_address(probe, [&](const auto* member) {
            columns.push_back(column_at(shape, reinterpret_cast<const char*>(member) - reinterpret_cast<const char*>(&probe)));
        });
        return columns;
    }
    static std::size_t column_at(const detail::rows::table_shape& shape, std::ptrdiff_t offset) {
        for (std::size_t i = 0; i < shape.columns.size(); ++i)
            if (shape.columns[i].offset == offset) return i;
        throw failure(errc::misuse,
                      "the table '" + shape.name + "' has a key or index over a member that the row's serialize() does not name");
    }

    /// The key's values, borrowed until the next call.
    std::span<const acta_value> key_values(const key_type& key) const {
        kept_.clear();
        std::size_t i = 0;
        const auto& columns = storage_.shape().key;
        keys::each_part(key, [&](const auto& part) {
            key_[i] = detail::rows::to_value(part, storage_.shape().columns[columns[i]].name, kept_);
            ++i;
        });
        return key_;
    }

    template <auto By>
    table_rows<Row> ranged(const bound_by<By>* first, const bound_by<By>* last) const {
        static_assert(detail::rows::leads<By, Key> || (detail::rows::leads<By, Index> || ...),
                      "a range is over the key, an index, or the leading members of one of them: name an index for it in acta::table");
        static const auto columns = columns_of<By>(storage_.shape());
        write_dirty();
        std::vector<acta_value> values;
        detail::rows::kept_texts kept;
        for (const bound_by<By>* bound : {first, last})
            if (bound) each_bound(*bound, [&](const auto& part) { values.push_back(detail::rows::to_value(part, "a bound", kept)); });
        return table_rows<Row>(
            iterator(storage_.in_range(columns, first != nullptr, last != nullptr), values, storage_.shape().columns.size()));
    }
    template <class Bound>
    static void each_bound(const Bound& bound, const auto& f) {
        f(bound);
    }
    template <class... Part>
    static void each_bound(const std::tuple<Part...>& bound, const auto& f) {
        std::apply([&](const auto&... part) { (f(part), ...); }, bound);
    }

    void require_writable() const {
        if (storage_.writable()) return;
        storage_.require_bound();
        throw failure(errc::misuse, "the table '" + storage_.shape().name + "' was opened for reading: only events change it");
    }
    std::pair<entry&, bool> slot_of(const key_type& key) const {
        const auto [at, fresh] = rows_.try_emplace(key);
        if (fresh) bytes_ += entry_bytes;
        return {*at, fresh};
    }
    /// The slot of a key, loaded when it is not in memory.
    entry& locate(const key_type& key) const {
        require_writable();
        const auto [found, fresh] = slot_of(key);
        if (fresh && !complete_) {
            try {
                found.second.absent = !load(key, found.second.row);
            } catch (...) {
                rows_.erase(rows_.find(key));
                bytes_ -= entry_bytes;
                throw;
            }
        }
        found.second.used = epoch_;
        return found;
    }
    bool load(const key_type& key, Row& row) const {
        if (!storage_.load(key_values(key), values_)) return false;
        detail::rows::row_reader reader(values_);
        detail::rows::walk(reader, row);
        storage_.done();
        return true;
    }
    void make(entry& at, Row row) {
        at.second.row = std::move(row);
        keys::fill(at.second.row, at.first);
        at.second.absent = false;
    }
    slot& touch(entry& at) {
        at.second.used = epoch_;
        if (!at.second.dirty) {
            at.second.dirty = true;
            dirty_.push_back(&at);
        }
        return at.second;
    }

    /// Rows that were handed out during the event under way stay dirty: whoever holds a reference may go on changing them.
    void write_dirty() const {
        if (dirty_.empty()) return;
        if constexpr (std::totally_ordered<key_type>)  // neighbours in the file, one after the other
            std::sort(dirty_.begin(), dirty_.end(), [](const entry* a, const entry* b) { return a->first < b->first; });
        for (entry* const each : dirty_) write(*each);
        weighed_ = 0;
        std::erase_if(dirty_, [this](entry* each) {
            if (each->second.used == epoch_) return false;
            each->second.dirty = false;
            if (each->second.absent && complete_) forget(each->first);
            return true;
        });
    }
    void write(entry& at) const {
        auto& [key, held] = at;
        if (held.absent) return storage_.remove(key_values(key));
        if (!keys::is(held.row, key)) storage_.changed_key(key_values(key));
        try {
            writer_.start_again();
            detail::rows::walk(writer_, held.row);
            storage_.put(values_, writer_.count());
        } catch (const failure& why) { storage_.refused_row(key_values(key), why); }
        std::size_t bytes = 0;
        for (const acta_value& value : values_) bytes += value.size;
        bytes_ += bytes - std::exchange(held.bytes, bytes);
    }
    /// What a row takes beside itself, when an event has changed it for the first time since it was written.
    void weigh(entry& at) {
        detail::rows::row_scales scales;
        detail::rows::walk(scales, at.second.row);
        bytes_ += scales.bytes - std::exchange(at.second.bytes, scales.bytes);
    }
    void forget(const key_type& key) const {
        const auto at = rows_.find(key);
        bytes_ -= entry_bytes + at->second.bytes;
        rows_.erase(at);
    }
    /// Writes what is to be written, and lets go of the half that was used least recently.
    void evict() {
        write_dirty();
        if (rows_.empty()) return;
        std::vector<std::uint64_t> ages;
        ages.reserve(rows_.size());
        for (const entry& each : rows_) ages.push_back(each.second.used);
        const auto middle = ages.begin() + static_cast<std::ptrdiff_t>(ages.size() / 2);
        std::nth_element(ages.begin(), middle, ages.end());
        const std::uint64_t newest_to_go = *middle;
        for (auto at = rows_.begin(); at != rows_.end();) {
            const auto here = at++;
            if (here->second.used > newest_to_go) continue;
            bytes_ -= entry_bytes + here->second.bytes;
            rows_.erase(here);
        }
        complete_ = false;
    }

    // Reading is const to the author, and yet it caches: hence the mutable members.
    mutable detail::rows::table_storage storage_;
    table_options how_;
    mutable map rows_;
    mutable std::vector<entry*> dirty_;
    mutable std::size_t weighed_ = 0;  ///< so many of them
    mutable std::vector<acta_value> values_;
    mutable std::array<acta_value, keys::size> key_{};
    mutable detail::rows::kept_texts kept_;
    mutable detail::rows::row_writer writer_{values_};
    mutable std::size_t bytes_ = 0;
    std::uint64_t epoch_ = 1;
    bool complete_ = false;  ///< every row of the SQL table is in rows_
};

}  // namespace acta
