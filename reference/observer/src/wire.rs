//! The protocol: one message a frame.

use std::io::{self, Read, Write};

use refdrift_trace::{Request, Response};
use thiserror::Error;

/// The longest request that is taken.
const REQUEST_LIMIT: u32 = 1 << 30;

/// Why there is no further request.
#[derive(Debug, Error)]
pub(crate) enum WireError {
    #[error("reading a request failed: {0}")]
    Read(io::Error),
    #[error("a request of {0} bytes is too long")]
    TooLong(u32),
    #[error("a request makes no sense: {0}")]
    Decode(postcard::Error),
    #[error("encoding a response failed: {0}")]
    Encode(postcard::Error),
    #[error("a response of {0} bytes does not fit into a message")]
    ResponseTooLong(usize),
    #[error("writing a response failed: {0}")]
    Write(io::Error),
}

/// The next request; nothing at the end of the stream.
pub(crate) fn read_request(input: &mut impl Read) -> Result<Option<Request>, WireError> {
    let mut length = [0; 4];
    match input.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        result => result.map_err(WireError::Read)?,
    }
    let length = u32::from_le_bytes(length);
    if length > REQUEST_LIMIT {
        return Err(WireError::TooLong(length));
    }
    let mut message = vec![0; length as usize];
    input.read_exact(&mut message).map_err(WireError::Read)?;
    postcard::from_bytes(&message).map(Some).map_err(WireError::Decode)
}

/// A response as a message, its length included.
pub(crate) fn encode(response: &Response) -> Result<Vec<u8>, WireError> {
    let mut message = postcard::to_extend(response, vec![0; 4]).map_err(WireError::Encode)?;
    let length = u32::try_from(message.len() - 4).map_err(|_| WireError::ResponseTooLong(message.len() - 4))?;
    message[..4].copy_from_slice(&length.to_le_bytes());
    Ok(message)
}

/// Sends a response.
pub(crate) fn write_response(output: &mut impl Write, response: &Response) -> Result<(), WireError> {
    let message = encode(response)?;
    output.write_all(&message).and_then(|()| output.flush()).map_err(WireError::Write)
}
