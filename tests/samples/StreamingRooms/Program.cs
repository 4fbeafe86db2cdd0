using StreamingRooms;

RoomsApp.Create(args).Run();
