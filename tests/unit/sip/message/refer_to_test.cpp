// RFC 3515 §2.1, RFC 5589 §7, RFC 3261 §19.1.5.
#include "sip/message/refer_to.hpp"

#include <gtest/gtest.h>

namespace sip {
namespace {

ReferTo refer_to(std::string_view value) {
    const auto parsed = ReferTo::parse(value);
    EXPECT_TRUE(parsed) << value;
    return parsed.value_or(ReferTo{});
}

TEST(ReferTo, NamesWhomToCall) {
    const ReferTo it = refer_to("\"Dave\" <sip:dave@denver.example.org:5070;transport=tcp>;x=y");
    EXPECT_EQ(it.target.display, "Dave");
    EXPECT_EQ(it.target.uri.to_string(), "sip:dave@denver.example.org:5070;transport=tcp");
    EXPECT_EQ(it.method, Method::invite);
    EXPECT_FALSE(it.replaces);
    EXPECT_EQ(refer_to("sip:alice@atlanta.example.com").target.uri.user, "alice");
    EXPECT_EQ(refer_to("<tel:+4930123>").target.uri.scheme, Uri::Scheme::tel);
}

TEST(ReferTo, SaysWithWhichMethodAndKeepsItOutOfTheTarget) {
    const ReferTo invite = refer_to("<sip:a@b;method=INVITE;lr>");
    EXPECT_EQ(invite.method, Method::invite);
    EXPECT_EQ(invite.target.uri.to_string(), "sip:a@b;lr");
    EXPECT_EQ(refer_to("<sip:a@b;Method=SUBSCRIBE>").method, Method::subscribe);
    EXPECT_EQ(refer_to("<sip:a@b;method=PING>").method, Method::other);
    EXPECT_EQ(refer_to("<sip:a@b;method>").method, Method::other);
    EXPECT_EQ(refer_to("<sip:a@b;method=invite>").method, Method::other);  // names of methods have a case
    EXPECT_EQ(refer_to("<sip:a@b;method=BYE;method=INVITE>").target.uri.to_string(), "sip:a@b");
}

TEST(ReferTo, AMethodBesideTheUriIsNone) {
    EXPECT_EQ(refer_to("<sip:a@b>;method=BYE").method, Method::invite);
    EXPECT_EQ(refer_to("sip:a@b;method=BYE").method, Method::invite);  // RFC 3261 §20.10: a parameter of the field
}

TEST(ReferTo, NamesTheDialogOfAnAttendedTransfer) {
    const ReferTo it = refer_to(
        "<sip:dave@denver.example.org?Replaces=12345%40192.168.118.3%3Bto-tag%3D12345%3Bfrom-tag%3D5FFE-3994>");
    ASSERT_TRUE(it.replaces);
    EXPECT_EQ(*it.replaces, (Replaces{"12345@192.168.118.3", "12345", "5FFE-3994", false}));
    EXPECT_EQ(it.target.uri.to_string(), "sip:dave@denver.example.org");
}

TEST(ReferTo, FindsTheReplacesAmongOtherFieldsWhichAreDropped) {
    const ReferTo it = refer_to(
        "<sips:d@e;gr=x?Require=replaces&%72EPLACES=c%3bto-tag%3d1%3bfrom-tag%3d2%3bearly-only&Via=evil&flag&>");
    ASSERT_TRUE(it.replaces);
    EXPECT_EQ(*it.replaces, (Replaces{"c", "1", "2", true}));
    EXPECT_EQ(it.target.uri.to_string(), "sips:d@e;gr=x");
}

TEST(ReferTo, ReadsAReplacesThatWasNotEscaped) {
    const ReferTo it = refer_to("<sip:d@e?Replaces=c@h;to-tag=1;from-tag=2>");
    ASSERT_TRUE(it.replaces);
    EXPECT_EQ(it.replaces->call_id, "c@h");
}

TEST(ReferTo, IsRefusedWithAReplacesThatCannotBeFollowed) {
    for (const std::string_view text :
         {"<sip:d@e?Replaces=>", "<sip:d@e?Replaces>", "<sip:d@e?Replaces=c%3Bto-tag%3D1>",
          "<sip:d@e?Replaces=c%3Bto-tag%3D1%3Bfrom-tag%3D2&Replaces=c%3Bto-tag%3D1%3Bfrom-tag%3D2>",
          "<sip:d@e?Replaces=c%0D%0AEvil:1%3Bto-tag%3D1%3Bfrom-tag%3D2>",
          "<sip:d@e?Replaces=c%00%3Bto-tag%3D1%3Bfrom-tag%3D2>"}) {
        EXPECT_FALSE(ReferTo::parse(text)) << text;
    }
}

TEST(ReferTo, RefusesWhatIsNoAddress) {
    for (const std::string_view text :
         {"", "*", "dave", "<sip:d@e", "<sip:d@e?Replaces=c%3>", "sip:d@e?Replaces=c%3Bto-tag%3D1%3Bfrom-tag%3D2"}) {
        EXPECT_FALSE(ReferTo::parse(text)) << text;
    }
}

}  // namespace
}  // namespace sip
