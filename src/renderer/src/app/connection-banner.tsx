/** Says that the server cannot be heard, and what the user can do; nothing while all is well. */
import { Alert, Code } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { isInWindow } from '../api/client.ts';
import { useConnection } from '../api/connection.ts';

export function ConnectionBanner() {
  const connection = useConnection();
  if (connection === 'online') return null;
  return (
    <Alert
      color="orange"
      radius={0}
      role="status"
      icon={<IconPlugConnectedX size={20} aria-hidden="true" />}
      title={
        connection === 'offline'
          ? `${isInWindow ? 'The core' : 'The server'} cannot be reached; trying again.`
          : 'This session has ended.'
      }
    >
      {connection === 'offline' ? (
        <>
          What you see may be out of date.{' '}
          {isInWindow
            ? 'A run that was at work can be resumed.'
            : 'Runs in the server go on while it lives; check the terminal it runs in.'}
        </>
      ) : (
        <>
          The server was started anew and does not know this page. Open the address that <Code>penumbra serve</Code> has
          printed.
        </>
      )}
    </Alert>
  );
}
