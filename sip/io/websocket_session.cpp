#include "sip/io/websocket_session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/error.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace sip {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using boost::system::error_code;

namespace {

// What Beast takes for a connection: bytes that were read elsewhere come in, bytes to be written elsewhere go out. Each
// operation is completed by the loop, as Asio wants it.
class MemoryStream {
public:
    using executor_type = asio::io_context::executor_type;

    MemoryStream(executor_type executor, std::function<void()> on_change)
        : executor_{executor}, on_change_{std::move(on_change)} {}

    executor_type get_executor() const noexcept { return executor_; }

    void push(std::string_view bytes) {
        input_.append(bytes);
        serve();
    }
    bool is_hungry() const { return reader_ != nullptr; }
    std::string take_output() { return std::exchange(output_, {}); }
    std::size_t output_size() const { return output_.size(); }

    template <class Buffers, class Handler>
    void async_read_some(const Buffers& buffers, Handler&& handler) {
        reader_ = std::make_unique<ReaderOf<Buffers, std::decay_t<Handler>>>(buffers, std::forward<Handler>(handler));
        serve();
        if (reader_) { on_change_(); }
    }
    template <class Buffers, class Handler>
    void async_write_some(const Buffers& buffers, Handler&& handler) {
        for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers); ++at) {
            const asio::const_buffer buffer{*at};
            output_.append(static_cast<const char*>(buffer.data()), buffer.size());
        }
        on_change_();
        asio::post(executor_,
                   beast::bind_handler(std::forward<Handler>(handler), error_code{}, asio::buffer_size(buffers)));
    }

private:
    // Somebody who waits for bytes.
    struct Reader {
        virtual ~Reader() = default;
        virtual std::size_t take(const executor_type& executor, std::string_view bytes) = 0;
    };
    template <class Buffers, class Handler>
    struct ReaderOf final : Reader {
        ReaderOf(const Buffers& into, Handler whom) : buffers{into}, handler{std::move(whom)} {}
        std::size_t take(const executor_type& executor, std::string_view bytes) override {
            const std::size_t size = asio::buffer_copy(buffers, asio::buffer(bytes));
            asio::post(executor, beast::bind_handler(std::move(handler), error_code{}, size));
            return size;
        }
        Buffers buffers;
        Handler handler;
    };

    void serve() {
        if (!reader_ || begin_ == input_.size()) { return; }
        const std::unique_ptr<Reader> reader = std::move(reader_);
        begin_ += reader->take(executor_, std::string_view{input_}.substr(begin_));
        if (begin_ < input_.size()) { return; }
        input_ = std::string{};  // an idle connection holds none
        begin_ = 0;
    }

    executor_type executor_;
    std::function<void()> on_change_;
    std::unique_ptr<Reader> reader_;
    std::string input_;
    std::size_t begin_ = 0;  // what is before it was read
    std::string output_;
};

// Beast asks for these by their names: who owns the connection ends it.
template <class Handler>
void async_teardown(beast::role_type, MemoryStream& stream, Handler&& handler) {
    asio::post(stream.get_executor(), beast::bind_handler(std::forward<Handler>(handler), error_code{}));
}
void beast_close_socket(MemoryStream&) {}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const std::size_t size = base::utf8_length(text);
        if (size == 0) { return false; }
        text.remove_prefix(size);
    }
    return true;
}

WebSocketSession::Fault fault_of(const error_code& error) {
    if (error == websocket::error::closed || error == asio::error::operation_aborted) {
        return WebSocketSession::Fault::none;
    }
    return error == websocket::error::message_too_big ? WebSocketSession::Fault::too_big
                                                      : WebSocketSession::Fault::protocol;
}

}  // namespace

class WebSocketSession::Engine : public std::enable_shared_from_this<Engine> {
    using Stream = websocket::stream<MemoryStream, false>;  // no permessage-deflate

    // A handler of Beast's, which may come when we are gone.
    template <class Act>
    auto later(Act act) {
        return [weak = weak_from_this(), act](const error_code& error, auto&&...) {
            if (const auto self = weak.lock()) { act(*self, error); }
        };
    }
    void tell() {
        if (std::exchange(is_told_, true)) { return; }
        asio::post(executor_, [weak = weak_from_this()] {
            const auto self = weak.lock();
            if (!self) { return; }
            self->is_told_ = false;
            if (self->on_progress_) { self->on_progress_(); }
        });
    }

public:
    Engine(asio::io_context& context, std::size_t limit, std::shared_ptr<const Origins> origins,
           std::function<void()> progress)
        : executor_{context.get_executor()},
          limit_{limit},
          origins_{std::move(origins)},
          on_progress_{std::move(progress)},
          upgrade_{std::make_unique<WebSocketUpgrade>()} {}

    void receive(std::string_view wire) {
        if (state == State::upgrade && upgrade_) { return receive_request(wire); }
        if (stream_ && state != State::ended) { stream_->next_layer().push(wire); }
    }
    bool is_hungry() const {
        if (state == State::ended || !stream_) { return true; }
        return stream_->next_layer().is_hungry();
    }
    std::optional<std::string> take_message() {
        if (inbox_.empty()) { return std::nullopt; }
        std::optional<std::string> first{std::move(inbox_.front())};
        inbox_.erase(inbox_.begin());
        return first;
    }
    bool has_partial_message() const { return state == State::open && !stream_->is_message_done(); }

    void send(std::string_view message) {
        if (state != State::open || is_sending) { return; }
        outgoing_ = message;
        is_sending = true;
        stream_->text(is_utf8(message));
        stream_->async_write(asio::buffer(outgoing_), later([](Engine& self, const error_code&) {
                                 self.is_sending = false;
                                 self.outgoing_ = std::string{};
                                 self.tell();
                             }));
    }
    void ping() {
        if (state != State::open || std::exchange(is_pinging_, true)) { return; }
        stream_->async_ping({}, later([](Engine& self, const error_code&) { self.is_pinging_ = false; }));
    }
    void close() {
        if (state != State::open) { return; }
        state = State::ended;
        stream_->async_close(websocket::close_code::going_away, later([](Engine&, const error_code&) {}));
    }
    std::string take_output() {
        std::string output = std::exchange(refusal_, {});
        return stream_ ? output + stream_->next_layer().take_output() : output;
    }
    std::size_t output_size() const { return refusal_.size() + (stream_ ? stream_->next_layer().output_size() : 0); }
    // From now on nobody is told anything.
    void leave() { on_progress_ = nullptr; }

    State state = State::upgrade;
    Fault fault = Fault::none;
    std::string why;
    bool is_sending = false;

private:
    void receive_request(std::string_view wire) {
        switch (upgrade_->receive(wire, *origins_)) {
            case WebSocketUpgrade::Verdict::unfinished:
                return;
            case WebSocketUpgrade::Verdict::refused:
                refusal_ = upgrade_->response();
                end(Fault::refused, upgrade_->why());
                break;
            case WebSocketUpgrade::Verdict::granted:
                accept();
                break;
        }
        upgrade_.reset();
    }
    void accept() {
        stream_ = std::make_unique<Stream>(executor_, [this] { tell(); });
        stream_->read_message_max(limit_);
        stream_->auto_fragment(false);
        stream_->set_option(websocket::stream_base::decorator{[](websocket::response_type& response) {
            response.set(http::field::sec_websocket_protocol, "sip");
            response.set(http::field::server, "holdfast");
        }});
        stream_->next_layer().push(upgrade_->rest());
        stream_->async_accept(upgrade_->request(), later([](Engine& self, const error_code& error) {
                                  if (error) { return self.end(Fault::refused, error.message()); }
                                  self.state = State::open;
                                  self.tell();
                                  self.read();
                              }));
    }
    void read() {
        stream_->async_read(incoming_, later([](Engine& self, const error_code& error) { self.on_read(error); }));
    }
    void on_read(const error_code& error) {
        if (state != State::open) { return; }
        if (error) { return end(fault_of(error), error.message()); }
        inbox_.push_back(beast::buffers_to_string(incoming_.data()));
        incoming_.clear();
        incoming_.shrink_to_fit();
        tell();
        read();
    }
    void end(Fault of, std::string reason) {
        state = State::ended;
        fault = of;
        why = std::move(reason);
        tell();
    }

    asio::io_context::executor_type executor_;
    std::size_t limit_;
    std::shared_ptr<const Origins> origins_;
    std::function<void()> on_progress_;
    std::unique_ptr<WebSocketUpgrade> upgrade_;
    std::unique_ptr<Stream> stream_;
    std::string refusal_;
    beast::flat_buffer incoming_;
    std::vector<std::string> inbox_;
    std::string outgoing_;
    bool is_pinging_ = false;
    bool is_told_ = false;
};

WebSocketSession::WebSocketSession(asio::io_context& context, std::size_t message,
                                   std::shared_ptr<const Origins> origins, std::function<void()> on_progress)
    : engine_{std::make_shared<Engine>(context, message, std::move(origins), std::move(on_progress))} {}

WebSocketSession::~WebSocketSession() { engine_->leave(); }

void WebSocketSession::receive(std::string_view wire) { engine_->receive(wire); }
bool WebSocketSession::is_hungry() const { return engine_->is_hungry(); }
std::optional<std::string> WebSocketSession::take_message() { return engine_->take_message(); }
bool WebSocketSession::has_partial_message() const { return engine_->has_partial_message(); }
void WebSocketSession::send(std::string_view message) { engine_->send(message); }
bool WebSocketSession::is_sending() const { return engine_->is_sending; }
void WebSocketSession::ping() { engine_->ping(); }
void WebSocketSession::close() { engine_->close(); }
std::string WebSocketSession::take_output() { return engine_->take_output(); }
std::size_t WebSocketSession::output_size() const { return engine_->output_size(); }
WebSocketSession::State WebSocketSession::state() const { return engine_->state; }
WebSocketSession::Fault WebSocketSession::fault() const { return engine_->fault; }
const std::string& WebSocketSession::why() const { return engine_->why; }

}  // namespace sip
