// What happens at a school: courses are offered, students enrol and subscribe. Tags say which course and which student an event is about.
#pragma once

#include <acta/event/event.hpp>
#include <acta/event/field.hpp>
#include <acta/event/tag.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace school {

inline acta::tag course_tag(const std::string& id) { return {"course", id}; }
inline acta::tag student_tag(const std::string& id) { return {"student", id}; }
inline acta::tag user_name_tag(const std::string& name) { return {"user_name", name}; }

struct course_offered {
    static constexpr acta::event_type event{"course.offered", 1};
    std::string course{};
    std::int32_t capacity = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("course", course), acta::field("capacity", capacity));
    }
    std::vector<acta::tag> tags() const { return {course_tag(course)}; }
};

struct student_enrolled {
    static constexpr acta::event_type event{"student.enrolled", 1};
    std::string student{};
    std::string user_name{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("student", student), acta::field("user_name", user_name));
    }
    std::vector<acta::tag> tags() const { return {student_tag(student), user_name_tag(user_name)}; }
};

/// About two things at once, and of neither's stream alone.
struct student_subscribed {
    static constexpr acta::event_type event{"course.student_subscribed", 1};
    std::string course{};
    std::string student{};
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("course", course), acta::field("student", student));
    }
    std::vector<acta::tag> tags() const { return {course_tag(course), student_tag(student)}; }
};

using school_events = acta::events<course_offered, student_enrolled, student_subscribed>;

}  // namespace school
