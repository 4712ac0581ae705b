// Why a description is not taken: what the request that carried it is answered.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace sip::sdp {

struct Refusal {
    int status;        // 400 or 488
    int warning_code;  // RFC 3261 §20.43: 300–307, 370, 399
    std::string text;  // with the rule and RFC section: "m-line count fell from 2 to 1 (RFC 3264 §8)"
    std::string rule;  // a metric label: "mline_count", "payload_meaning", …
};

// A value or a refusal. (boost::system::result wants an error type with a category; this one has text.)
template <class Value>
class Result {
public:
    Result(Value value) : content_{std::move(value)} {}        // NOLINT(google-explicit-constructor)
    Result(Refusal refusal) : content_{std::move(refusal)} {}  // NOLINT(google-explicit-constructor)

    explicit operator bool() const { return content_.index() == 0; }
    Value& operator*() { return std::get<0>(content_); }
    const Value& operator*() const { return std::get<0>(content_); }
    Value* operator->() { return &std::get<0>(content_); }
    const Value* operator->() const { return &std::get<0>(content_); }
    const Refusal& error() const { return std::get<1>(content_); }

private:
    std::variant<Value, Refusal> content_;
};

}  // namespace sip::sdp
