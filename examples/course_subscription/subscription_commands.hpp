// What can be asked of the school. Each command says in its boundary which events its decision rests on: whatever else happens is not in
// its way, and nothing of that can happen behind its back.
#pragma once

#include <acta/store/condition.hpp>
#include <acta/write/handler.hpp>

#include "subscription.hpp"

namespace school {

struct offer_course {
    static constexpr acta::command_type command{"course.offer"};
    std::string course{};
    std::int32_t capacity = 0;
};
struct enrol_student {
    static constexpr acta::command_type command{"student.enrol"};
    std::string student{};
    std::string user_name{};
};
struct subscribe {
    static constexpr acta::command_type command{"course.subscribe"};
    std::string course{};
    std::string student{};
};

struct subscription_commands {
    using aggregate = subscriptions;
    using commands = acta::commands<offer_course, enrol_student, subscribe>;
    static constexpr std::size_t most_courses = 3;  // of one student
    static constexpr acta::refusal already_offered{"course.already_offered", "there is such a course already"};
    static constexpr acta::refusal no_such_course{"course.unknown", "there is no such course"};
    static constexpr acta::refusal course_full{"course.full", "all places are taken"};
    static constexpr acta::refusal already_enrolled{"student.already_enrolled", "there is such a student already"};
    static constexpr acta::refusal user_name_taken{"student.user_name_taken", "somebody has that user name"};
    static constexpr acta::refusal no_such_student{"student.unknown", "there is no such student"};
    static constexpr acta::refusal already_subscribed{"student.already_subscribed", "the student has that course already"};
    static constexpr acta::refusal too_many_courses{"student.too_many_courses", "the student has as many courses as one may have"};

    static const std::string& id(const offer_course& c) { return c.course; }
    static const std::string& id(const enrol_student& c) { return c.student; }
    static const std::string& id(const subscribe& c) { return c.course; }

    static acta::query boundary(const offer_course& c) { return {{acta::matching<course_offered>(course_tag(c.course))}}; }
    static acta::decision<course_offered> decide(const subscriptions& s, const offer_course& c) {
        if (s.capacity.contains(c.course)) return already_offered;
        return course_offered{c.course, c.capacity};
    }

    // A user name is unique although no stream knows all of them: the decision fails if anybody takes it meanwhile.
    static acta::query boundary(const enrol_student& c) {
        return {{acta::matching<student_enrolled>(student_tag(c.student)), acta::matching<student_enrolled>(user_name_tag(c.user_name))}};
    }
    static acta::decision<student_enrolled> decide(const subscriptions& s, const enrol_student& c) {
        if (s.enrolled.contains(c.student)) return already_enrolled;
        if (s.user_names.contains(c.user_name)) return user_name_taken;
        return student_enrolled{c.student, c.user_name} | acta::to(acta::stream_name("student", c.student));
    }

    // One decision on a course and a student: neither the capacity of one nor the limit of the other can be passed.
    static acta::query boundary(const subscribe& c) {
        return {{acta::matching(course_tag(c.course)), acta::matching(student_tag(c.student))}};
    }
    static acta::decision<student_subscribed> decide(const subscriptions& s, const subscribe& c) {
        const auto course = s.capacity.find(c.course);
        const auto students = s.students_of.find(c.course);
        const auto courses = s.courses_of.find(c.student);
        const std::size_t taken = students == s.students_of.end() ? 0 : students->second.size();
        if (course == s.capacity.end()) return no_such_course;
        if (!s.enrolled.contains(c.student)) return no_such_student;
        if (students != s.students_of.end() && students->second.contains(c.student)) return already_subscribed;
        if (taken >= static_cast<std::size_t>(course->second)) return course_full;
        if (courses != s.courses_of.end() && courses->second.size() >= most_courses) return too_many_courses;
        return student_subscribed{c.course, c.student};
    }
};

}  // namespace school
